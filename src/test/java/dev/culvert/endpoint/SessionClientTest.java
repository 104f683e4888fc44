package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionClientTest {

  private final List<String> calls = new ArrayList<>();
  private Send send = () -> {};
  private final SessionClient client = new SessionClient(session(), () -> {});

  /** What a session of Undertow has besides. */
  interface ForceClose {
    void forceClose();
  }

  /** What the server does when it is to send. */
  private interface Send {
    void run() throws IOException;
  }

  @AfterEach
  void forgetInterrupt() {
    boolean unused = Thread.interrupted();
  }

  private Session session() {
    RemoteEndpoint.Basic remote =
        (RemoteEndpoint.Basic)
            proxy(
                name -> {
                  send.run();
                  return null;
                },
                RemoteEndpoint.Basic.class);
    return (Session)
        proxy(
            name ->
                switch (name) {
                  case "getBasicRemote" -> remote;
                  case "isOpen" -> true;
                  default -> {
                    calls.add(name);
                    yield null;
                  }
                },
            Session.class,
            ForceClose.class);
  }

  private interface Answer {
    Object to(String method) throws IOException;
  }

  private static Object proxy(Answer answer, Class<?>... types) {
    return Proxy.newProxyInstance(
        SessionClientTest.class.getClassLoader(),
        types,
        (proxy, method, arguments) -> answer.to(method.getName()));
  }

  private void close() {
    client.close(CloseCodes.GOING_AWAY, "");
  }

  private void breakOff(boolean whole) {
    send =
        () -> {
          throw new IOException("interrupted");
        };
    assertThatThrownBy(() -> client.text("stuck", whole, true)).hasMessage("interrupted");
  }

  @Test
  void aCloseBetweenMessagesLeavesTheConnectionToTheServer() throws IOException {
    client.text("hello", true, true);
    client.text("good", false, false);
    client.text("bye", false, true);

    close();

    assertThat(calls).containsExactly("close");
  }

  @Test
  void aCloseWithinAMessageHangsUp() throws IOException {
    client.text("begun", false, false);

    close();

    assertThat(calls).containsExactly("close", "forceClose");
  }

  @Test
  void aCloseBehindASendThatWasBrokenOffHangsUp() {
    breakOff(true);

    close();

    assertThat(calls).containsExactly("close", "forceClose");
  }

  @Test
  void aCloseBehindASendThatReturnedWhenInterruptedHangsUp() throws IOException {
    send = () -> Thread.currentThread().interrupt();
    client.ping();

    close();

    assertThat(calls).containsExactly("close", "forceClose");
  }

  @Test
  void aSendThatIsBrokenOffBehindTheCloseHangsUp() {
    close();

    breakOff(false);

    assertThat(calls).containsExactly("close", "forceClose");
  }
}
