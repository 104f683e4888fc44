package dev.culvert.config;

import dev.culvert.config.Upstream.Address;
import java.util.List;
import java.util.Set;

/** Reads an upstream. */
final class UpstreamReader {

  private final Source source;
  private final Set<String> accounts;

  UpstreamReader(Source source, Set<String> accounts) {
    this.source = source;
    this.accounts = accounts;
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
        section.get("enabled", true, Words::bool),
        section
            .list(
                "accounts",
                Words.oneOfNames(
                    accounts,
                    "an account that has " + KeyCatalogue.ACCOUNTS + "<name>.header.<Name>"))
            .orElse(List.of()));
  }
}
