package dev.culvert.config;

import dev.culvert.config.Upstream.Address;
import java.util.List;

/** Reads an upstream. */
final class UpstreamReader {

  private final Source source;

  UpstreamReader(Source source) {
    this.source = source;
  }

  Upstream read(String name) {
    String prefix = KeyCatalogue.UPSTREAMS + name + ".";
    Section section = new Section(source, prefix);
    List<Address> addresses =
        section.requiredList("url", "a URL such as ws://host:8080/path", Urls::address);
    return new Upstream(
        name,
        addresses,
        new TlsReader(source, prefix).read(addresses),
        section.get("enabled", true, Words::bool));
  }
}
