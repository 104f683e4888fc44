package dev.culvert.route;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** A response that keeps what is written to it. Used by one thread at a time. */
final class RecordedResponse {

  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int status = 200;
  private boolean committed;

  /** The server's view. */
  HttpServletResponse asResponse() {
    Map<String, Function<Object[], Object>> answers = new HashMap<>();
    answers.put("setStatus", arguments -> status = (int) arguments[0]);
    answers.put("getStatus", arguments -> status);
    answers.put("setHeader", this::header);
    answers.put("addHeader", this::header);
    answers.put("isCommitted", arguments -> committed);
    answers.put("flushBuffer", arguments -> committed = true);
    answers.put("reset", arguments -> reset());
    answers.put("getOutputStream", arguments -> new Body());
    return Stub.of(HttpServletResponse.class, answers);
  }

  private Object header(Object[] nameAndValue) {
    return headers.put((String) nameAndValue[0], (String) nameAndValue[1]);
  }

  private Object reset() {
    if (committed) {
      throw new IllegalStateException("committed");
    }
    headers.clear();
    status = 200;
    return headers;
  }

  /** Has the head on its way. */
  void commit() {
    committed = true;
  }

  /** The status that the client gets, none before the response is committed. */
  int status() {
    return committed ? status : 0;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  int bodyLength() {
    return body.size();
  }

  private final class Body extends ServletOutputStream {
    @Override
    public void write(int b) {
      body.write(b);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException("written at once");
    }
  }
}
