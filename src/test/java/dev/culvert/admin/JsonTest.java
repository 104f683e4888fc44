package dev.culvert.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.SocketInfo;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void whatClientsWroteStaysText() {
    String conversation = "=\"}],\\\u0001\u00e9\ud83d\ude00</script>";
    SocketInfo socket =
        new SocketInfo("0badcafe", "acme", "ws://up/v1", conversation, "idle", 1.5, 3);

    String json = dev.culvert.admin.Json.of(Map.of("sockets", List.of(socket, socket)));

    assertThat(json).isASCII().endsWith("\n");
    List<JsonObject> sockets = read(json).getJsonArray("sockets").getValuesAs(JsonObject.class);
    assertThat(sockets).hasSize(2);
    assertThat(sockets.get(1).getString("conversation")).isEqualTo(conversation);
    assertThat(sockets.get(1).getString("account")).isEqualTo("acme");
    assertThat(sockets.get(1).getJsonNumber("ageSeconds").doubleValue()).isEqualTo(1.5);
    assertThat(sockets.get(1).getInt("turns")).isEqualTo(3);
  }

  @Test
  void anEmptyListIsAnEmptyArray() {
    String json = dev.culvert.admin.Json.of(Map.of("sockets", List.of()));

    assertThat(read(json).getJsonArray("sockets")).isEmpty();
  }

  @Test
  void truthValuesAndMapsHaveTheirOwnForm() {
    String json = dev.culvert.admin.Json.of(Map.of("a", Map.of("b", true)));

    assertThat(json).isEqualTo("{\"a\":{\"b\":true}}\n");
  }

  private static JsonObject read(String json) {
    try (JsonReader reader = Json.createReader(new StringReader(json))) {
      return reader.readObject();
    }
  }
}
