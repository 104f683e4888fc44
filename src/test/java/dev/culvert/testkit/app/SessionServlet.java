package dev.culvert.testkit.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.io.IOException;
import java.io.Serializable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Begins a session for {@code /session?begin}, one whose end takes a second for {@code
 * /session?begin-slow}, gives the caller's another id for {@code /session?renew}, and ends it for
 * {@code /session?end}.
 */
@WebServlet("/session")
public final class SessionServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    HttpSession session = request.getSession();
    switch (request.getQueryString()) {
      case "begin" -> session.setAttribute("begun", true);
      case "begin-slow" -> session.setAttribute("slow", new SlowEnd());
      case "renew" -> request.changeSessionId();
      case "end" -> session.invalidate();
      default -> response.sendError(HttpServletResponse.SC_BAD_REQUEST);
    }
  }

  /** Holds the end of its session up. */
  public static final class SlowEnd implements HttpSessionBindingListener, Serializable {

    private static final long serialVersionUID = 1;

    @Override
    public void valueUnbound(HttpSessionBindingEvent event) {
      try {
        boolean never = new CountDownLatch(1).await(1, TimeUnit.SECONDS);
        event.getSession().getServletContext().log("released: " + never);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
