package dev.culvert.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.access.Access;
import dev.culvert.boundary.Sample;
import dev.culvert.meter.PrometheusText;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows the counts of this application as Prometheus text, as they are at the moment of the
 * request. For administrators only: names of routes and upstreams are nobody else's business.
 */
public final class MetricsServlet extends HttpServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/metrics";

  private static final long serialVersionUID = 1;
  private static final Set<String> METHODS = Set.of("GET", "HEAD");

  private final transient Supplier<Set<String>> roles;
  private final transient Supplier<List<Sample>> samples;

  /**
   * Both suppliers are called at each request, on the container's threads.
   *
   * @param roles whose members may read
   * @param samples throws {@link IllegalStateException} when the deployment has ended
   */
  public MetricsServlet(Supplier<Set<String>> roles, Supplier<List<Sample>> samples) {
    this.roles = roles;
    this.samples = samples;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setHeader("Cache-Control", "no-store");
    if (!METHODS.contains(request.getMethod())) {
      response.setHeader("Allow", "GET, HEAD");
      refuse(request, response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "expected: GET, HEAD");
      return;
    }
    Access.Result access = Access.check(roles.get(), request, response);
    if (access instanceof Access.Result.Denied denied) {
      refuse(request, response, denied.status(), denied.detail());
    } else if (access instanceof Access.Result.Granted) {
      show(request, response);
    }
  }

  private void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String text;
    try {
      text = PrometheusText.of(samples.get());
    } catch (IllegalStateException e) {
      refuse(request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "undeployed meanwhile");
      return;
    }
    write(request, response, PrometheusText.CONTENT_TYPE, text);
  }

  private static void refuse(
      HttpServletRequest request, HttpServletResponse response, int status, String detail)
      throws IOException {
    response.setStatus(status);
    write(request, response, "text/plain;charset=utf-8", status + " " + detail + "\n");
  }

  private static void write(
      HttpServletRequest request, HttpServletResponse response, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(UTF_8);
    response.setContentType(type);
    response.setContentLength(body.length);
    if (!request.getMethod().equals("HEAD")) {
      response.getOutputStream().write(body);
    }
  }
}
