package dev.culvert.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads how connections to upstreams are made and kept. */
final class TransportReader {

  private static final int PROXY_PORT = 8080;

  private final Section section;

  TransportReader(Source source) {
    this.section = new Section(source, "culvert.transport.");
  }

  TransportRules read() {
    TransportRules usual = TransportRules.DEFAULTS;
    return new TransportRules(
        section.get("max-idle", usual.maxIdle(), Words::count),
        section.get("max-idle-per-host", usual.maxIdlePerHost(), Words::count),
        section.get("keep-alive", usual.keepAlive(), Durations::positive),
        section.get("max-per-host", usual.maxPerHost(), Words::count),
        section.get("http2", usual.http2(), Words::bool),
        section.find("proxy", TransportReader::proxy),
        section.list("no-proxy", TransportReader::exclusion).orElse(List.of()),
        section.get("tls-timeout", usual.tlsTimeout(), Durations::timeout));
  }

  private static ForwardProxy proxy(String text) {
    ServerUrl url = Urls.server(text, Map.of("http", PROXY_PORT), "http://proxy:8080");
    if (!url.path().isEmpty()) {
      throw BadValueException.expected("a URL without a path, such as http://proxy:8080");
    }
    return new ForwardProxy(url.host(), url.port(), url.login());
  }

  /** A host, or a dot and the end of host names. */
  private static String exclusion(String text) {
    return text.startsWith(".")
        ? "." + Hosts.parse(text.substring(1)).toLowerCase(Locale.ROOT)
        : Hosts.parse(text);
  }
}
