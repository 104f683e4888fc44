package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Closes live streams of this application. */
public final class StreamsCloseServlet extends ActionServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/streams/close";

  private static final long serialVersionUID = 1;

  private final transient StreamControl streams;

  /**
   * @param roles whose members may close them; called at each request
   */
  public StreamsCloseServlet(Supplier<Set<String>> roles, StreamControl streams) {
    super(roles);
    this.streams = streams;
  }

  @Override
  Optional<String> fault(Parameters parameters) {
    StreamSelection selection = StreamSelection.of(parameters);
    return selection.isEmpty() && selection.fault().isEmpty()
        ? Optional.of(
            "no parameter (expected: all=true, " + String.join(", ", StreamSelection.names()) + ")")
        : selection.fault();
  }

  @Override
  Answer act(HttpServletRequest request, Parameters parameters) {
    return Answer.json(Map.of("closed", streams.close(StreamSelection.of(parameters).which())));
  }
}
