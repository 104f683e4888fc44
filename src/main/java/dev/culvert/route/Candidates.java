package dev.culvert.route;

import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.TlsSpec;
import dev.culvert.config.Route;
import dev.culvert.config.Settings;
import dev.culvert.config.Upstream;
import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.ForwardedClient;
import dev.culvert.handshake.Refusal;
import dev.culvert.handshake.UpstreamRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The addresses that a handshake may try, in order, each with its request head. */
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
  }

  record None(Refusal refusal) implements Candidates {}

  static Candidates of(
      Settings settings, Route route, ClientRequest request, String token, ForwardedClient client) {
    List<Candidate> found = new ArrayList<>();
    for (String name : route.upstreams()) {
      Upstream upstream = settings.upstreams().get(name);
      if (!upstream.enabled()) {
        continue;
      }
      UpstreamRequest built = UpstreamRequest.build(request, token, route, upstream, client);
      if (built instanceof Refusal refusal) {
        return new None(refusal);
      }
      List<byte[]> heads = ((UpstreamRequest.Heads) built).bytes();
      for (int i = 0; i < heads.size(); i++) {
        found.add(new Candidate(upstream, upstream.addresses().get(i), heads.get(i)));
      }
    }
    return found.isEmpty()
        ? new None(Refusal.unavailable("upstreams: all of " + route.upstreams() + " are disabled"))
        : new Found(List.copyOf(found));
  }
}
