package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import org.junit.jupiter.api.Test;

class RequestHeadTest {

  @Test
  void keepsTargetAndFieldsAsTheyWereSent() throws ProtocolException {
    RequestHead head =
        RequestHead.parse("GET /a%20b?c HTTP/1.1\r\nHost: x:1\r\nVia: a\r\nVIA:b \r\n\r\n");

    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.target()).isEqualTo("/a%20b?c");
    assertThat(head.first("host")).hasValue("x:1");
    assertThat(head.all("via")).containsExactly("a", "b");
    assertThat(head.first("Origin")).isEmpty();
  }

  @Test
  void refusesWhatIsNoRequestLine() {
    assertThatThrownBy(() -> RequestHead.parse("hello"))
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith("request line: [hello]");
  }

  @Test
  void refusesAFieldWithoutName() {
    assertThatThrownBy(() -> RequestHead.parse("GET / HTTP/1.1\r\n: x\r\n"))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("header: : x (expected: <name>: <value>)");
  }
}
