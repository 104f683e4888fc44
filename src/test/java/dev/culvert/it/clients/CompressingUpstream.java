package dev.culvert.it.clients;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Node's ws as an upstream: agrees to permessage-deflate, compresses and echoes. */
final class CompressingUpstream implements AutoCloseable {

  private final ScriptClient script;
  private final String url;

  private CompressingUpstream(ScriptClient script, String url) {
    this.script = script;
    this.url = url;
  }

  /**
   * Starts one on a free port of the loopback address.
   *
   * @param node the directory of the scripts
   */
  static CompressingUpstream start(Path node) throws IOException, InterruptedException {
    ScriptClient script =
        ScriptClient.start(List.of("node", node.resolve("upstream.mjs").toString()));
    String port = script.receive().substring("port ".length());
    return new CompressingUpstream(script, "ws://127.0.0.1:" + port);
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    script.close();
  }
}
