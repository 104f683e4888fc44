package dev.culvert.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/**
 * TLS over a socket, for loops that watch the socket with a selector and for threads that wait for
 * it. In blocking mode a read waits no longer than the socket's {@code SO_TIMEOUT}. Whatever the
 * handshake has to say finds room in the socket's buffer. Belongs to one thread.
 */
public final class TlsChannel implements ByteChannel {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** Ciphertext and plaintext on their way, for all channels of one thread. */
  public static final class Scratch {

    private static final int SIZE = 128 * 1024;

    /** A read into so much room leaves nothing behind of which the selector would not tell. */
    public static final int ROOM = SIZE;

    private final ByteBuffer in = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer out = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(SIZE);

    /** Makes the buffers. */
    public Scratch() {}
  }

  private final SocketChannel socket;
  private final SSLEngine engine;
  private final Scratch scratch;
  private final ReadableByteChannel patient;

  /** The beginning of a record whose end has not arrived. */
  private ByteBuffer begun = NOTHING;

  /** Plaintext for which the last reader had no room. */
  private ByteBuffer surplus = NOTHING;

  /** Ciphertext that the socket did not take. */
  private ByteBuffer unsent = NOTHING;

  /** Bytes of plaintext in {@link #unsent}, which {@link #write} has not told as written yet. */
  private int underWay;

  private TlsChannel(SocketChannel socket, SSLEngine engine, Scratch scratch) throws IOException {
    this.socket = socket;
    this.engine = engine;
    this.scratch = scratch;
    patient = Channels.newChannel(socket.socket().getInputStream());
  }

  /** Takes the part of the client and completes the handshake; the socket is in blocking mode. */
  public static TlsChannel connect(SocketChannel socket, SSLEngine engine, Scratch scratch)
      throws IOException {
    engine.setUseClientMode(true);
    TlsChannel channel = new TlsChannel(socket, engine, scratch);
    engine.beginHandshake();
    channel.answer();
    while (engine.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING) {
      if (channel.decrypt(scratch.plain.clear()) < 0) {
        throw new SSLException("handshake: the connection ended");
      }
    }
    return channel;
  }

  /** Takes the part of the server; reads complete the handshake. */
  public static TlsChannel accept(SocketChannel socket, SSLEngine engine, Scratch scratch)
      throws IOException {
    engine.setUseClientMode(false);
    engine.beginHandshake();
    return new TlsChannel(socket, engine, scratch);
  }

  /** What a selector watches. */
  public SocketChannel socket() {
    return socket;
  }

  /** What is read, as a stream; in blocking mode only. */
  public InputStream input() {
    return Channels.newInputStream(this);
  }

  /**
   * Reads what is there. With less room than {@link Scratch#ROOM} there may be more: read again
   * until nothing comes.
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    if (surplus.hasRemaining()) {
      return move(surplus, target);
    }
    if (target.remaining() >= Scratch.ROOM) {
      return decrypt(target);
    }
    ByteBuffer plain = scratch.plain.clear();
    int count = decrypt(plain);
    if (count <= 0) {
      return count;
    }
    int moved = move(plain.flip(), target);
    surplus = copy(plain);
    return moved;
  }

  /** Reads and decrypts, in blocking mode until there is any plaintext. */
  private int decrypt(ByteBuffer target) throws IOException {
    int before = target.position();
    ByteBuffer in = scratch.in.clear().put(begun);
    boolean handshaking = handshaking();
    boolean more = true;
    int read = 0;
    while (more && target.remaining() >= in.capacity()) {
      int room = in.remaining();
      read = fill(in);
      unwrap(in.flip(), target);
      in.compact();
      boolean settled = target.position() > before || (handshaking && !handshaking());
      more = read > 0 && (socket.isBlocking() ? !settled : read == room);
    }
    begun = copy(in.flip());
    int count = target.position() - before;
    return count == 0 && (read < 0 || engine.isInboundDone()) ? -1 : count;
  }

  private boolean handshaking() {
    return engine.getHandshakeStatus() != SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING;
  }

  private int fill(ByteBuffer in) throws IOException {
    return socket.isBlocking() ? patient.read(in) : socket.read(in);
  }

  private void unwrap(ByteBuffer in, ByteBuffer target) throws IOException {
    boolean whole = true;
    while (whole && in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, target);
      whole = result.getStatus() == SSLEngineResult.Status.OK;
      if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        throw new IllegalStateException("room: " + target.remaining() + " bytes for a record");
      }
      answer();
    }
  }

  /** Does what the engine wants done before it goes on. */
  private void answer() throws IOException {
    boolean more = true;
    while (more) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> {
          ByteBuffer out = scratch.out.clear().put(unsent);
          more = engine.wrap(NOTHING, out).bytesProduced() > 0;
          transmit(out.flip());
        }
        default -> more = false;
      }
    }
  }

  /**
   * Encrypts and writes. What has been encrypted cannot be taken back, so while the socket does not
   * take it, it counts as not written, and the next call must bring the same bytes.
   */
  @Override
  public int write(ByteBuffer source) throws IOException {
    int before = source.position();
    if (unsent.hasRemaining()) {
      transmit(unsent);
    }
    while (!unsent.hasRemaining() && (underWay > 0 || source.hasRemaining())) {
      source.position(source.position() + underWay);
      underWay = 0;
      if (source.hasRemaining()) {
        ByteBuffer plain = source.duplicate();
        ByteBuffer out = scratch.out.clear();
        while (plain.hasRemaining()
            && out.remaining() >= engine.getSession().getPacketBufferSize()) {
          encrypt(plain, out);
        }
        underWay = plain.position() - source.position();
        transmit(out.flip());
      }
    }
    return source.position() - before;
  }

  private void encrypt(ByteBuffer plain, ByteBuffer out) throws SSLException {
    SSLEngineResult result = engine.wrap(plain, out);
    if (result.getStatus() != SSLEngineResult.Status.OK) {
      throw new SSLException("wrap: " + result.getStatus() + " (expected: OK)");
    }
  }

  private void transmit(ByteBuffer out) throws IOException {
    socket.write(out);
    unsent = copy(out);
  }

  private static int move(ByteBuffer source, ByteBuffer target) {
    int count = Math.min(source.remaining(), target.remaining());
    target.put(source.slice().limit(count));
    source.position(source.position() + count);
    return count;
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return bytes.hasRemaining()
        ? ByteBuffer.allocate(bytes.remaining()).put(bytes).flip()
        : NOTHING;
  }

  /** Tells the other side that no more comes. */
  public void endOutput() throws IOException {
    engine.closeOutbound();
    answer();
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  /** Tells the other side and drops the connection. */
  @Override
  public void close() throws IOException {
    try (socket) {
      if (!unsent.hasRemaining()) {
        endOutput();
      }
    }
  }
}
