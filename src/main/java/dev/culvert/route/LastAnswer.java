package dev.culvert.route;

import dev.culvert.turn.HttpAnswer;
import java.io.IOException;
import java.util.Map;

/** An answer behind whose end something is done. */
final class LastAnswer implements HttpAnswer {

  private final HttpAnswer answer;
  private final Runnable atEnd;

  /** Calls come one at a time. */
  private volatile boolean finished;

  /**
   * @param answer that is given
   * @param atEnd run once, when it has been given
   */
  LastAnswer(HttpAnswer answer, Runnable atEnd) {
    this.answer = answer;
    this.atEnd = atEnd;
  }

  /** Whether nothing can be answered any more. */
  boolean isFinished() {
    return finished;
  }

  @Override
  public void head(int status, Map<String, String> headers) {
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
      answer.finish();
    } finally {
      atEnd.run();
    }
  }
}
