package dev.culvert.testkit.app;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands before Culvert's filter and does to requests and responses what filters do that compress
 * or cache: it counts the content that passes, keeps the answer's until the chain has returned and
 * lets nobody commit it before. Answers {@code /seen} with what it has seen.
 */
public final class KeepingFilter extends HttpFilter {

  private static final long serialVersionUID = 1;

  /** Of two filters registered to be the first, servers take the earlier one or the later one. */
  public static final String WEB_XML =
      """
      <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
        <listener><listener-class>%s</listener-class></listener>
        <listener><listener-class>dev.culvert.route.GatewayListener</listener-class></listener>
        <listener><listener-class>%s</listener-class></listener>
      </web-app>
      """
          .formatted(Early.class.getName(), Late.class.getName());

  private final LongAdder handshakes = new LongAdder();
  private final LongAdder bytes = new LongAdder();

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getRequestURI().endsWith("/seen")) {
      response.getWriter().print(handshakes + " handshakes, " + bytes + " bytes");
      return;
    }
    if (request.getHeader("Upgrade") != null
        && request.getDispatcherType() == DispatcherType.REQUEST) {
      handshakes.increment();
    }
    Answer answer = new Answer(response);
    chain.doFilter(new Request(request), answer);
    if (answer.kept.size() > 0) {
      response.getOutputStream().write(answer.kept.toByteArray());
    }
  }

  /** Registers a filter before Culvert does. */
  public static final class Early implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      register("early", event);
    }
  }

  /** Registers a filter when Culvert has. */
  public static final class Late implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      register("late", event);
    }
  }

  private static void register(String name, ServletContextEvent event) {
    FilterRegistration.Dynamic filter =
        event.getServletContext().addFilter(name, new KeepingFilter());
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, "/*");
  }

  private final class Request extends HttpServletRequestWrapper {
    Request(HttpServletRequest request) {
      super(request);
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new Input(super.getInputStream());
    }
  }

  private final class Answer extends HttpServletResponseWrapper {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Answer(HttpServletResponse response) {
      super(response);
    }

    @Override
    public ServletOutputStream getOutputStream() {
      return new Output(kept);
    }

    @Override
    public void flushBuffer() {}

    /** As filters that record it remember it: not what others set on the server's response. */
    @Override
    public int getStatus() {
      return HttpServletResponse.SC_OK;
    }
  }

  private final class Input extends ServletInputStream {
    private final ServletInputStream input;

    Input(ServletInputStream input) {
      this.input = input;
    }

    @Override
    public int read() throws IOException {
      int next = input.read();
      if (next >= 0) {
        bytes.increment();
      }
      return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = input.read(target, offset, length);
      bytes.add(Math.max(0, count));
      return count;
    }

    @Override
    public boolean isFinished() {
      return input.isFinished();
    }

    @Override
    public boolean isReady() {
      return input.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      input.setReadListener(listener);
    }
  }

  private final class Output extends ServletOutputStream {
    private final ByteArrayOutputStream kept;

    Output(ByteArrayOutputStream kept) {
      this.kept = kept;
    }

    @Override
    public void write(int next) {
      bytes.increment();
      kept.write(next);
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new IllegalStateException("writes block (expected: no listener)");
    }
  }
}
