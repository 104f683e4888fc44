package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Does something for an administrator. Browsers send an administrator's login along with whatever a
 * page of somebody else makes them ask for; but such a page cannot set a header of its own without
 * being allowed to (Fetch standard, "CORS-preflight fetch"), so one is required.
 */
abstract class ActionServlet extends AdminServlet {

  private static final long serialVersionUID = 1;

  /** As Payara's own REST administration has it. */
  private static final String OWN_HEADER = "X-Requested-By";

  private final transient List<String> expected;

  /**
   * @param roles whose members may do it; called at each request
   * @param expected names of the parameters, each of which must stand there once
   */
  ActionServlet(Supplier<Set<String>> roles, String... expected) {
    super(roles, "POST");
    this.expected = List.of(expected);
  }

  @Override
  final Answer answer(HttpServletRequest request) {
    if (request.getHeader(OWN_HEADER) == null) {
      return refusal(
          OWN_HEADER + ": absent (expected: any value, which pages of others cannot send)");
    }
    Parameters parameters = Parameters.of(request);
    Optional<String> fault = fault(parameters);
    return fault.isPresent() ? refusal(fault.get()) : act(request, parameters);
  }

  private static Answer refusal(String detail) {
    return Answer.refusal(HttpServletResponse.SC_BAD_REQUEST, detail);
  }

  /** What is wrong with the parameters; empty when nothing is. */
  Optional<String> fault(Parameters parameters) {
    return parameters.faultUnless(expected);
  }

  /**
   * Does it, and tells what has come of it.
   *
   * @param parameters without fault
   * @throws IllegalStateException when the deployment has ended
   */
  abstract Answer act(HttpServletRequest request, Parameters parameters);
}
