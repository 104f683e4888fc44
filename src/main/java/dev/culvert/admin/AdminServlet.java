package dev.culvert.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.access.Access;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Answers administrators, and nobody else, with what nobody may store. */
abstract class AdminServlet extends HttpServlet {

  private static final long serialVersionUID = 1;

  private final transient Supplier<Set<String>> roles;
  private final transient List<String> methods;

  /**
   * @param roles whose members are administrators; called at each request
   * @param methods that there are
   */
  AdminServlet(Supplier<Set<String>> roles, String... methods) {
    this.roles = roles;
    this.methods = List.of(methods);
  }

  /** What is answered. */
  record Answer(int status, String type, String text) {

    static Answer of(String type, String text) {
      return new Answer(HttpServletResponse.SC_OK, type, text);
    }

    /**
     * @param value as {@link Json#of} takes it
     */
    static Answer json(Object value) {
      return of(Json.CONTENT_TYPE, Json.of(value));
    }

    /**
     * @param detail what was found and what was expected
     */
    static Answer refusal(int status, String detail) {
      return new Answer(status, "text/plain;charset=utf-8", status + " " + detail + "\n");
    }
  }

  /**
   * The answer to an administrator.
   *
   * @throws IllegalStateException when the deployment has ended
   */
  abstract Answer answer(HttpServletRequest request);

  @Override
  protected final void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    if (!methods.contains(request.getMethod())) {
      String expected = String.join(", ", methods);
      response.setHeader("Allow", expected);
      int status = HttpServletResponse.SC_METHOD_NOT_ALLOWED;
      write(request, response, Answer.refusal(status, "expected: " + expected));
      return;
    }
    Access.Result access = Access.check(roles.get(), request, response);
    if (access instanceof Access.Result.Denied denied) {
      write(request, response, Answer.refusal(denied.status(), denied.detail()));
    } else if (access instanceof Access.Result.Granted) {
      write(request, response, answerUnlessEnded(request));
    }
  }

  private Answer answerUnlessEnded(HttpServletRequest request) {
    try {
      return answer(request);
    } catch (IllegalStateException e) {
      System.getLogger("dev.culvert").log(Level.DEBUG, "no answer to an administrator", e);
      int status = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
      return Answer.refusal(status, "undeployed meanwhile");
    }
  }

  private static void write(HttpServletRequest request, HttpServletResponse response, Answer answer)
      throws IOException {
    byte[] body = answer.text().getBytes(UTF_8);
    response.setStatus(answer.status());
    response.setContentType(answer.type());
    response.setContentLength(body.length);
    if (!request.getMethod().equals("HEAD")) {
      response.getOutputStream().write(body);
    }
  }
}
