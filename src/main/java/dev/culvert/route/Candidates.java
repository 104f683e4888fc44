package dev.culvert.route;

import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamRequest;
import dev.culvert.provider.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The addresses that an attempt may try, in order, each with its request head. */
sealed interface Candidates {

  /** One address and what is sent there. */
  @SuppressWarnings("ArrayRecordComponent") // written to the upstream as it is, never compared
  record Candidate(Upstream upstream, Upstream.Address address, byte[] head) {

    /** As {@link DialSpec} wants it. */
    private Map<String, Object> tls() {
      return upstream
          .tls()
          .filter(tls -> address.secure())
          .map(tls -> Fields.of(new TlsSpec(tls.context(), tls.serverNameAt(address))))
          .orElse(Map.of());
    }

    /** As {@link DialSpec} wants it. */
    private Map<String, Object> proxy(TransportRules rules) {
      return Proxies.to(address, rules).orElse(Map.of());
    }
  }

  /** At least one. */
  record Found(List<Candidate> list) implements Candidates {
    List<String> authorities() {
      return list.stream().map(candidate -> candidate.address().authority()).toList();
    }

    List<byte[]> heads() {
      return list.stream().map(Candidate::head).toList();
    }

    List<Map<String, Object>> tls() {
      return list.stream().map(Candidate::tls).toList();
    }

    List<Map<String, Object>> proxies(TransportRules rules) {
      return list.stream().map(candidate -> candidate.proxy(rules)).toList();
    }
  }

  /** The request cannot be sent on. */
  record None(Refusal refusal) implements Candidates {}

  static Candidates of(HandshakeRequest asked, Attempt attempt) {
    Upstream upstream = attempt.upstream();
    UpstreamRequest built =
        UpstreamRequest.build(
            asked.request(), asked.token(), asked.route(), upstream, asked.client());
    if (built instanceof Refusal refusal) {
      return new None(refusal);
    }
    List<byte[]> heads = ((UpstreamRequest.Heads) built).bytes();
    int first = heads.size() - attempt.addresses().size();
    List<Candidate> found = new ArrayList<>();
    for (int i = first; i < heads.size(); i++) {
      found.add(new Candidate(upstream, upstream.addresses().get(i), heads.get(i)));
    }
    return new Found(List.copyOf(found));
  }
}
