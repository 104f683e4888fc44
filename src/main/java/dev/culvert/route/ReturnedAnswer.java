package dev.culvert.route;

import dev.culvert.turn.HttpAnswer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;

/**
 * An answer that other threads begin only when the server's own one has returned; see {@link
 * ServerThread}.
 *
 * @param own the server's thread
 */
record ReturnedAnswer(HttpAnswer answer, HttpServletRequest request, Thread own)
    implements HttpAnswer {

  @Override
  public void head(int status, Map<String, String> headers) {
    awaitReturn();
    answer.head(status, headers);
  }

  @Override
  public void write(String text) throws IOException {
    answer.write(text);
  }

  @Override
  public void finish() {
    awaitReturn();
    answer.finish();
  }

  private void awaitReturn() {
    if (Thread.currentThread() != own) {
      ServerThread.awaitReturn(request);
    }
  }
}
