package dev.culvert.config;

/** Reads how upstream sockets are kept. */
final class PoolReader {

  private final Section section;

  PoolReader(Source source) {
    this.section = new Section(source, "culvert.pool.");
  }

  PoolRules read() {
    PoolRules usual = PoolRules.DEFAULTS;
    return new PoolRules(
        section.get("enabled", usual.enabled(), Words::bool),
        section.get("max-age", usual.maxAge(), Durations::positive),
        section.get("max-per-account", usual.maxPerAccount(), Words::atLeastOne),
        section.get("ping-interval", usual.pingInterval(), Durations::timeout),
        section.get("open-timeout", usual.openTimeout(), Durations::timeout),
        section.get("response-start-timeout", usual.responseStartTimeout(), Durations::timeout),
        section.get("on-redeploy", usual.keep(), Words::keep));
  }
}
