package dev.culvert.admin;

import dev.culvert.boundary.SocketInfo;
import java.util.List;
import java.util.stream.Collectors;

/** JSON (RFC 8259) about the pool, in ASCII; also on servers that have no library for it. */
final class PoolJson {

  static final String CONTENT_TYPE = "application/json";

  private PoolJson() {}

  static String sockets(List<SocketInfo> sockets) {
    return sockets.stream()
        .map(PoolJson::socket)
        .collect(Collectors.joining(",\n ", "{\"sockets\":[", "]}\n"));
  }

  private static String socket(SocketInfo socket) {
    return "{\"id\":%s,\"account\":%s,\"endpoint\":%s,\"conversation\":%s,\"state\":%s"
            .formatted(
                quoted(socket.id()),
                quoted(socket.account()),
                quoted(socket.endpoint()),
                quoted(socket.conversation()),
                quoted(socket.state()))
        + (",\"ageSeconds\":" + socket.ageSeconds() + ",\"turns\":" + socket.turns() + "}");
  }

  static String evicted(String account, int sockets) {
    return "{\"account\":" + quoted(account) + ",\"evicted\":" + sockets + "}\n";
  }

  /** Whatever is not plain ASCII is escaped: names come from clients. */
  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
                json.append("\\u%04x".formatted(c));
              } else {
                json.append((char) c);
              }
            });
    return json.append('"').toString();
  }
}
