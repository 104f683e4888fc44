package dev.culvert.config;

import dev.culvert.config.Upstream.Address;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

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
            .orElse(List.of()),
        section.get("priority", 0, Words::count),
        section.get("weight", 1, Words::weight),
        section.list("groups", Function.identity()).<Set<String>>map(Set::copyOf).orElse(Set.of()),
        section.get("max-sessions", 0, Words::count),
        section.get("max-streams", 0, Words::count),
        health(section),
        breaker(section));
  }

  private static HealthRules health(Section section) {
    HealthRules usual = HealthRules.NONE;
    return new HealthRules(
        section.find("health.path", Paths::target),
        section.get("health.interval", usual.interval(), Durations::zeroOrMore),
        section.get("health.timeout", usual.timeout(), Durations::timeout),
        section.get("health.passes", usual.passes(), Words::atLeastOne),
        section.get("health.fails", usual.fails(), Words::atLeastOne));
  }

  private static BreakerRules breaker(Section section) {
    BreakerRules usual = BreakerRules.DEFAULTS;
    return new BreakerRules(
        section.get("breaker.failures", usual.failures(), Words::few),
        section.get("breaker.open", usual.open(), Durations::positive),
        section.get("breaker.max-open", usual.maxOpen(), Durations::positive),
        section.get("breaker.probes", usual.probes(), Words::few),
        section.get("breaker.successes", usual.successes(), Words::few));
  }
}
