package dev.culvert.route;

import dev.culvert.turn.HttpAnswer;
import java.io.IOException;
import java.util.Map;

/** An answer before whose begin and after whose end something is done. */
final class LastAnswer implements HttpAnswer {

  private final HttpAnswer answer;
  private final Runnable atBegin;
  private final Runnable atEnd;

  /** Calls come one at a time. */
  private volatile boolean finished;

  /**
   * @param answer that is given
   * @param atBegin run before its head, and before its end
   * @param atEnd run once, when it has been given
   */
  LastAnswer(HttpAnswer answer, Runnable atBegin, Runnable atEnd) {
    this.answer = answer;
    this.atBegin = atBegin;
    this.atEnd = atEnd;
  }

  /** Whether nothing can be answered any more. */
  boolean isFinished() {
    return finished;
  }

  @Override
  public void head(int status, Map<String, String> headers) {
    atBegin.run();
    answer.head(status, headers);
  }

  @Override
  public void write(String text) throws IOException {
    answer.write(text);
  }

  @Override
  public void finish() {
    finished = true;
    try {
      atBegin.run();
      answer.finish();
    } finally {
      atEnd.run();
    }
  }
}
