package dev.culvert.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.ws.webcontainer.LibertyRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortableOpeningTest {

  private final PortableOpening opening = new PortableOpening(null, null);

  @Test
  void it_is_for_any_server() {
    assertThat(opening.refusal(Stub.of(HttpServletRequest.class, Map.of()))).isNull();
  }

  @Test
  void it_is_refused_where_upgraded_connections_lose_bytes() {
    HttpServletRequest wrapped = new HttpServletRequestWrapper(LibertyRequest.create());

    assertThat(opening.refusal(wrapped)).contains("Open Liberty");
  }
}
