package dev.culvert.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionClientTest {

  private final List<String> calls = new ArrayList<>();
  private Send send = () -> {};
  private final SessionClient client =
      new SessionClient(session(ForceClose.class), () -> calls.add("cut off"), () -> {});

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

  private Session session(Class<?>... more) {
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
            Stream.concat(Stream.of(Session.class), Stream.of(more)).toArray(Class<?>[]::new));
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
    close(client);
  }

  private static void close(SessionClient client) {
    client.close(CloseCodes.GOING_AWAY, "");
  }

  private void breakOff() {
    breakOff(client);
  }

  private void breakOff(SessionClient client) {
    send =
        () -> {
          throw new IOException("interrupted");
        };
    assertThatThrownBy(() -> client.text("stuck", true, true)).hasMessage("interrupted");
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
  void aCloseAfterASendThatWasBrokenOffHangsUp() {
    breakOff();

    close();

    assertThat(calls).containsExactly("close", "forceClose");
  }

  @Test
  void aCloseAfterASendThatReturnedWhenInterruptedHangsUp() throws IOException {
    send = () -> Thread.currentThread().interrupt();
    client.ping();

    close();

    assertThat(calls).containsExactly("close", "forceClose");
  }

  @Test
  void aSendThatIsBrokenOffAfterTheCloseHangsUp() {
    close();

    breakOff();

    assertThat(calls).containsExactly("close", "forceClose");
  }

  @Test
  void whereASessionCannotItsConnectionIsCutOff() {
    SessionClient other = new SessionClient(session(), () -> calls.add("cut off"), () -> {});
    breakOff(other);

    close(other);

    assertThat(calls).containsExactly("close", "cut off");
  }

  /** Other servers send the close frame there. */
  @Test
  void whereASessionCannotACloseWithinAMessageIsTheServers() throws IOException {
    SessionClient other = new SessionClient(session(), () -> calls.add("cut off"), () -> {});
    other.text("begun", false, false);

    close(other);

    assertThat(calls).containsExactly("close");
  }
}
