package dev.culvert.admin;

import dev.culvert.boundary.Sample;
import dev.culvert.meter.PrometheusText;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Shows the counts of this application as Prometheus text, as they are at the moment of the
 * request. For administrators only: names of routes and upstreams are nobody else's business.
 */
public final class MetricsServlet extends AdminServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/metrics";

  private static final long serialVersionUID = 1;

  private final transient Supplier<List<Sample>> samples;

  /**
   * Both suppliers are called at each request, on the container's threads.
   *
   * @param roles whose members may read
   * @param samples throws {@link IllegalStateException} when the deployment has ended
   */
  public MetricsServlet(Supplier<Set<String>> roles, Supplier<List<Sample>> samples) {
    super(roles, "GET", "HEAD");
    this.samples = samples;
  }

  @Override
  Answer answer(HttpServletRequest request) {
    return Answer.of(PrometheusText.CONTENT_TYPE, PrometheusText.of(samples.get()));
  }
}
