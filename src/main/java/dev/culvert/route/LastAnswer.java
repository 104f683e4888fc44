package dev.culvert.route;

import dev.culvert.turn.HttpAnswer;
import java.io.IOException;
import java.util.Map;

/**
 * An answer behind whose end something is done.
 *
 * @param answer that is given
 * @param atEnd run once, when it has been given
 */
record LastAnswer(HttpAnswer answer, Runnable atEnd) implements HttpAnswer {

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
    try {
      answer.finish();
    } finally {
      atEnd.run();
    }
  }
}
