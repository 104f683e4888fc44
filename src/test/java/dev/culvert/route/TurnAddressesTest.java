package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.ResponseOwner;
import dev.culvert.boundary.SlotResult;
import dev.culvert.turn.RecordedClient;
import dev.culvert.turn.TurnBody;
import dev.culvert.turn.TurnEnd;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** At which addresses of an upstream turns are tried; none of them can be connected. */
class TurnAddressesTest {

  private static final String FIRST = "ws://first:1/chat/responses";
  private static final String SECOND = "ws://second:1/chat/responses";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final RecordedClient client = new RecordedClient();
  private final TurnRouteRig rig =
      new TurnRouteRig(
          Map.of(
              "deploy", arguments -> 7L,
              "acquireLease", arguments -> true,
              "acquire", this::fail,
              "owner", arguments -> Fields.of(new ResponseOwner("", "", SECOND))),
          "culvert.upstreams.up.url",
          "ws://first:1, ws://second:1, ws://third:1");

  @AfterEach
  void stop() {
    rig.close();
  }

  @SuppressWarnings("unchecked") // the boundary says so
  private Object fail(Object[] arguments) {
    asked.add((String) ((Map<?, ?>) arguments[1]).get("url"));
    SlotResult unreachable =
        new SlotResult(SlotResult.FAILED, "new", "", false, 0, 0, Map.of(), "refused", false);
    ((BiConsumer<String, Object>) arguments[2]).accept("outcome", Fields.of(unreachable));
    return (long) asked.size();
  }

  private void ask(String body) {
    rig.starter().prepare(TurnBody.read(body), "{}", false, () -> client).start(Runnable::run);
  }

  @Test
  void behindTheFirstTheNextOneIsTried() throws Exception {
    ask("{}");

    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
    assertThat(asked).containsExactly(FIRST, SECOND);
  }

  @Test
  void aResponseIsContinuedWhereItCameFrom() throws Exception {
    ask("{\"previous_response_id\":\"r1\"}");

    assertThat(client.end()).isInstanceOf(TurnEnd.Refused.class);
    assertThat(asked).containsExactly(SECOND);
  }
}
