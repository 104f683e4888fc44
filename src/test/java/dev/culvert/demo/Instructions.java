package dev.culvert.demo;

import dev.culvert.sim.SimulatedUpstream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** What the demo prints when it is ready. */
final class Instructions {

  /** Begins the line that says so. */
  static final String READY = "CULVERT DEMO IS READY";

  /** A turn of a conversation that has this name whoever asks. */
  private static final String TURN =
      "{\"stream\":true,\"prompt_cache_key\":\"chat-1\",\"input\":\"Why is the sky blue?\"}";

  private static final String RULE = "=".repeat(78);

  private Instructions() {}

  static String of(
      DemoServer server, DemoPort port, DemoUpstream upstream, SimulatedUpstream model) {
    URI page = server.page();
    String http = "http://127.0.0.1:" + port.number();
    String stream = "ws" + page.toString().substring("http".length()) + Demo.DETACHED;
    String note = port.note().isEmpty() ? "" : "  (" + port.note() + ")\n";
    List<String> lines =
        List.of(
            RULE,
            "  " + READY + "          Enter: redeploy          Ctrl-C: end everything",
            RULE,
            "  Browser   " + page,
            "            Two live streams. The counter of the detached one goes on through",
            "            redeploys; the other one is closed with 1001 and connects again.",
            "",
            "  Redeploy  press Enter here, or in another terminal:",
            "            touch " + relative(server.reloadFile()),
            "",
            "  Python    python3 -m websockets " + stream,
            "            (Debian: apt-get install python3-websockets)",
            "  Node      (22 or later, which has a WebSocket of its own)",
            "            node -e 'new WebSocket(\"" + stream + "\").onmessage = m =>",
            "            console.log(m.data)'",
            "  curl      curl -isN -H 'Connection: Upgrade' -H 'Upgrade: websocket' \\",
            "            -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: "
                + "AAAAAAAAAAAAAAAAAAAAAA==' \\",
            "            --output - " + page + Demo.DETACHED,
            "",
            "  Turns     curl -sN " + page + Demo.TURNS + " \\",
            "            -H 'Content-Type: application/json' -d '" + TURN + "'",
            "            A language model, simulated, as server-sent events. Ask twice: the second",
            "            time the prompt is in its cache (cached_tokens of the last event), since"
                + " the",
            "            conversation has kept its connection. So it does through redeploys.",
            "",
            "  Metrics   curl -s '" + http + "/metrics?scope=application' | grep culvert_streams",
            "  JMX       jconsole " + server.pid(),
            "            MBeans dev.culvert:type=Host, type=Streams and type=Pool",
            "  Log       " + relative(server.log()),
            "  Upstreams ws://127.0.0.1:" + upstream.port() + " (counts and echoes)",
            "            ws://127.0.0.1:" + model.port() + " (the model)",
            RULE);
    return note + String.join("\n", lines);
  }

  private static Path relative(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }
}
