package dev.culvert.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.Optional;
import org.apache.hc.core5.http.nio.command.RequestExecutionCommand;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.Command;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ssl.SSLIOSession;

/**
 * A connection that knows where an answer of HTTP/1.1 begins and ends. What comes after the end and
 * before the next request is nobody's answer, and ends the connection: the library would keep it,
 * and take it for the beginning of the next client's answer. And a head within which the connection
 * ends is told from one that is all here: the library would take a half line for a whole one
 * (HttpCore 5.4, {@code AbstractMessageParser}). One thread, on which answers are told too.
 */
final class AnswerBounds extends SessionDecorator {

  private static final String ATTRIBUTE = "dev.culvert.answer-bounds";

  private enum State {
    /** A request has gone out, or there was none yet; or no HTTP/1.1 is spoken. */
    HEAD,
    /** The head of the answer has been told. */
    BODY,
    /** The answer is over, and there is no next request. */
    OVER
  }

  /** Whether it brings what comes within the events, and asks for more only with something. */
  private final boolean secure;

  private State state = State.HEAD;

  /** Whether something has come since the last answer. */
  private boolean begun;

  private boolean headCut;

  /** Whether nothing more goes out. */
  private boolean mute;

  /** Whether the next request has waited for what was on its way. */
  private boolean settled;

  /** Events of something to read. */
  private int event;

  /** The one in which the answer ended, or that in which the end of the connection came first. */
  private int ended = -1;

  private AnswerBounds(IOSession session, boolean secure) {
    super(session);
    this.secure = secure;
  }

  static IOSession decorate(IOSession session) {
    return new AnswerBounds(PausedReads.decorate(session), session instanceof SSLIOSession);
  }

  /** Of the connection that has a request; those of a supplied client have none. */
  static Optional<AnswerBounds> of(HttpContext context) {
    return Optional.ofNullable((AnswerBounds) context.getAttribute(ATTRIBUTE));
  }

  /** The head of an answer has come. */
  void head() {
    state = State.BODY;
  }

  /** Whether that was all that came of the head. */
  boolean isHeadCut() {
    return headCut;
  }

  /**
   * Nothing more goes out: the upstream has answered before the end of the request, and the library
   * would end that as if it were whole (HttpCore 5.4, {@code ClientHttp1StreamHandler}). The
   * connection is of no further use.
   */
  void mute() {
    mute = true;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    if (!mute) {
      return super.write(bytes);
    }
    int count = bytes.remaining();
    bytes.position(bytes.limit());
    return count;
  }

  /** The answer is over. */
  void over() {
    state = State.OVER;
    begun = false;
    settled = false;
    ended = event;
    if (mute) {
      session.close(CloseMode.GRACEFUL); // whoever else would do so may come too late
    }
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    boolean within = ended == event;
    if (state == State.OVER && within) {
      throw surplus(); // the library asks for more only while it has something left
    }
    int count = session.read(bytes);
    boolean brought = count > 0 || (secure && count == 0);
    begun |= brought;
    if (state == State.OVER && brought) {
      throw surplus();
    }
    return state == State.HEAD && begun && count < 0 ? endOfHead(within) : count;
  }

  private static IOException surplus() {
    return new IOException("more came than the answer");
  }

  /**
   * What has come in one piece with the end is looked at before the end is told: it may be an
   * interim answer and a head.
   */
  private int endOfHead(boolean within) {
    if (!secure && (ended < 0 || within)) {
      ended = event;
      return 0;
    }
    headCut = true;
    return -1;
  }

  @Override
  public void updateReadTime() {
    event++;
    super.updateReadTime();
  }

  /**
   * The first request after an answer waits until the selector has been asked once more: what came
   * together with the answer comes before it.
   */
  @Override
  public Command poll() {
    if (state == State.OVER && !settled && isOpen()) {
      settled = true;
      setEvent(SelectionKey.OP_WRITE);
      return null;
    }
    Command next = super.poll();
    if (next instanceof RequestExecutionCommand request) {
      state = State.HEAD;
      ended = -1;
      request.getContext().setAttribute(ATTRIBUTE, this);
    }
    return next;
  }
}
