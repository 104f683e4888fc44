package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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

  /**
   * @param roles whose members may do it; called at each request
   */
  ActionServlet(Supplier<Set<String>> roles) {
    super(roles, "POST");
  }

  @Override
  final Answer answer(HttpServletRequest request) {
    return request.getHeader(OWN_HEADER) == null
        ? Answer.refusal(
            HttpServletResponse.SC_BAD_REQUEST,
            OWN_HEADER + ": absent (expected: any value, which pages of others cannot send)")
        : act(request);
  }

  /**
   * Does it, and tells what has come of it.
   *
   * @throws IllegalStateException when the deployment has ended
   */
  abstract Answer act(HttpServletRequest request);
}
