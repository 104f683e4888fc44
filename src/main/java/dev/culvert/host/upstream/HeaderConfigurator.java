package dev.culvert.host.upstream;

import jakarta.websocket.ClientEndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts headers into the upgrade request, in place of any that Tyrus has set. */
final class HeaderConfigurator extends ClientEndpointConfig.Configurator {

  private final List<Map.Entry<String, String>> headers;

  HeaderConfigurator(List<Map.Entry<String, String>> headers) {
    this.headers = headers;
  }

  @Override
  public void beforeRequest(Map<String, List<String>> request) {
    headers.forEach(header -> request.remove(header.getKey()));
    for (Map.Entry<String, String> header : headers) {
      request.computeIfAbsent(header.getKey(), name -> new ArrayList<>()).add(header.getValue());
    }
  }
}
