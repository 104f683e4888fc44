package dev.culvert.route;

import dev.culvert.turn.HttpAnswer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;

/** An answer that begins when the server's own thread has returned; see {@link ServerThread}. */
record ReturnedAnswer(HttpAnswer answer, HttpServletRequest request) implements HttpAnswer {

  @Override
  public void head(int status, Map<String, String> headers) {
    ServerThread.awaitReturn(request);
    answer.head(status, headers);
  }

  @Override
  public void write(String text) throws IOException {
    answer.write(text);
  }

  @Override
  public void finish() {
    ServerThread.awaitReturn(request);
    answer.finish();
  }
}
