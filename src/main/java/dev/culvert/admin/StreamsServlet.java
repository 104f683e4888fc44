package dev.culvert.admin;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Lists the live streams of this application as JSON. */
public final class StreamsServlet extends AdminServlet {

  /** Where it is mapped, below the context root. */
  public static final String PATH = "/admin/streams";

  private static final long serialVersionUID = 1;

  private final transient StreamControl streams;

  /**
   * @param roles whose members may read; called at each request
   */
  public StreamsServlet(Supplier<Set<String>> roles, StreamControl streams) {
    super(roles, "GET", "HEAD");
    this.streams = streams;
  }

  @Override
  Answer answer(HttpServletRequest request) {
    StreamSelection selection = StreamSelection.of(Parameters.of(request));
    return selection
        .fault()
        .map(fault -> Answer.refusal(HttpServletResponse.SC_BAD_REQUEST, fault))
        .orElseGet(
            () ->
                Answer.json(
                    Map.of(
                        "streams", streams.streams().stream().filter(selection.which()).toList())));
  }
}
