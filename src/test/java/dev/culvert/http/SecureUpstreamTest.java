package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.config.ForwardProxy;
import dev.culvert.config.Login;
import dev.culvert.config.TransportRules;
import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.ConnectProxy;
import dev.culvert.testkit.Http2Upstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ReceivedEntity;
import dev.culvert.testkit.RequestHead;
import dev.culvert.testkit.ScriptedUpstream;
import dev.culvert.testkit.SentEntity;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.entity.AsyncEntityProducers;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.nio.support.BasicServerExchangeHandler;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstreams behind TLS, with HTTP/2, and behind a proxy. */
class SecureUpstreamTest {

  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final CertificateAuthority authority = new CertificateAuthority("tests");
  private final Identity identity = authority.issue("upstream.test");
  private final Mirror mirror = new Mirror();
  private Http2Upstream upstream;
  private Transport transport = TransportRig.transport();

  private static final List<Header> TRAILERS =
      List.of(new BasicHeader("x-sum", "7"), new BasicHeader("x-sum", "8"));

  /** Answers each request with its protocol, its body's length and its trailers. */
  private static final class Mirror
      implements AsyncServerRequestHandler<Message<HttpRequest, ReceivedEntity.Content>> {

    /** What it answers. */
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    /** The fields of what it is asked. */
    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

    @Override
    public AsyncRequestConsumer<Message<HttpRequest, ReceivedEntity.Content>> prepare(
        HttpRequest request, EntityDetails entity, HttpContext context) {
      heads.add(Arrays.toString(request.getHeaders()).toLowerCase(Locale.ROOT));
      return new BasicRequestConsumer<>(entity == null ? null : new ReceivedEntity());
    }

    @Override
    public void handle(
        Message<HttpRequest, ReceivedEntity.Content> message,
        ResponseTrigger trigger,
        HttpContext context)
        throws HttpException, IOException {
      Optional<ReceivedEntity.Content> content = Optional.ofNullable(message.getBody());
      String text =
          context.getProtocolVersion()
              + " "
              + message.getHead().getAuthority()
              + " "
              + content.map(Mirror::text).orElse("");
      seen.add(text);
      boolean hasTrailers = message.getHead().getPath().equals("/trailers");
      trigger.submitResponse(
          AsyncResponseBuilder.create(200)
              .setEntity(
                  hasTrailers
                      ? new SentEntity(text.getBytes(UTF_8), TRAILERS)
                      : AsyncEntityProducers.create(text, ContentType.TEXT_PLAIN))
              .build(),
          context);
    }

    private static String text(ReceivedEntity.Content content) {
      StringBuilder text = new StringBuilder().append(content.bytes().remaining());
      content.trailers().forEach(field -> text.append(' ').append(field));
      return text.toString();
    }
  }

  @BeforeEach
  void start() throws Exception {
    upstream =
        Http2Upstream.start(
            identity.context(authority.certificate()),
            request -> new BasicServerExchangeHandler<>(mirror));
  }

  @AfterEach
  void stop() {
    transport.close();
    upstream.close();
  }

  private Destination destination(Optional<String> serverName) {
    return new Destination(
        new Upstream.Address("https", "127.0.0.1", upstream.port(), ""),
        Optional.of(
            new UpstreamTls(Identity.anonymous(authority.certificate()), serverName, "print")),
        "");
  }

  private RecordedAnswer get(Optional<String> serverName) {
    return TransportRig.ask(transport, destination(serverName), "/");
  }

  @Test
  void http2_is_spoken_where_the_upstream_does() throws Exception {
    assertThat(get(Optional.of("upstream.test")).text()).startsWith("HTTP/2.0 upstream.test");
  }

  @Test
  void http2_can_be_switched_off() throws Exception {
    TransportRules rules = transport.rules();
    transport.change(
        before ->
            new TransportRules(
                rules.maxIdle(),
                rules.maxIdlePerHost(),
                rules.keepAlive(),
                rules.maxPerHost(),
                false,
                rules.proxy(),
                rules.noProxy(),
                rules.tlsTimeout()));

    assertThat(get(Optional.of("upstream.test")).text()).startsWith("HTTP/1.1 ");
  }

  @Test
  void a_certificate_for_another_host_is_no_connection() throws Exception {
    assertThat(get(Optional.empty()).end().orElseThrow().kind()).isEqualTo(Fault.Kind.CONNECT);
  }

  @Test
  void a_long_body_goes_over_http2() throws Exception {
    RequestContent content = new RequestContent(-1, () -> {});
    byte[] piece = "x".repeat(16 * 1024).getBytes(UTF_8);
    for (int i = 0; i < 16; i++) {
      content.add(piece);
    }
    content.end(Headers.NONE);

    assertThat(post(content).text()).endsWith(" " + 256 * 1024);
  }

  /** The library's server may forget its answer to such a request; what it has got is looked at. */
  @Test
  void trailers_of_a_request_go_over_http2() throws Exception {
    RecordedAnswer unused =
        post(TransportRig.content("abc", false, Headers.of("x-sum", "7", "x-sum", "8")));

    assertThat(mirror.seen.poll(10, TimeUnit.SECONDS))
        .startsWith("HTTP/2.0")
        .endsWith(" 3 x-sum: 7 x-sum: 8");
  }

  @Test
  void trailers_of_an_answer_come_over_http2() throws Exception {
    RecordedAnswer answer =
        TransportRig.ask(transport, destination(Optional.of("upstream.test")), "/trailers");

    assertThat(answer.text()).startsWith("HTTP/2.0");
    assertThat(answer.trailers()).isEqualTo(Headers.of("x-sum", "7", "x-sum", "8"));
  }

  /**
   * An upstream that says nothing to it, as it may, would get no body (RFC 9110 section 10.1.1).
   */
  @Test
  void nothing_waits_for_100_continue_over_http2() throws Exception {
    RecordedAnswer answer =
        post(
            TransportRig.content("abc", true, Headers.NONE),
            Headers.of("Expect", "100-continue", "TE", "trailers"));

    assertThat(answer.text()).endsWith(" 3");
    assertThat(mirror.heads.poll(10, TimeUnit.SECONDS))
        .contains("te: trailers")
        .doesNotContain("expect", "connection");
  }

  private RecordedAnswer post(RequestContent content) {
    return post(content, Headers.NONE);
  }

  private RecordedAnswer post(RequestContent content, Headers headers) {
    return RecordedAnswer.of(
        told ->
            new UpstreamCall(
                transport,
                destination(Optional.of("upstream.test")),
                new ProxiedRequest.Ready("POST", "upstream.test", "/", headers),
                Optional.of(content),
                TransportRig.LIMITS,
                told));
  }

  @ParameterizedTest
  @CsvSource({
    "plain.test, 80, plain.test",
    "plain.test, 8080, plain.test:8080",
    "[::1], 8080, [::1]:8080"
  })
  void a_proxy_is_asked_for_a_plain_upstream_by_its_address_whatever_host_the_client_asked_for(
      String host, int at, String asked) throws Exception {
    try (ScriptedUpstream proxy = ScriptedUpstream.answering(OK)) {
      useProxy(TransportRig.to(proxy).address().port());

      RecordedAnswer answer = TransportRig.ask(transport, plain(host, at), "/path?x=%2F");

      assertThat(answer.text()).isEqualTo("ok");
      RequestHead request = proxy.nextRequest();
      assertThat(request.target()).isEqualTo("http://" + asked + "/path?x=%2F");
      assertThat(request.all("Host")).containsExactly(asked);
      assertThat(request.all("Proxy-Authorization")).containsExactly("Basic dXM6cHc=");
    }
  }

  @Test
  void a_plain_upstream_that_is_reached_directly_sees_the_host_that_the_client_asked_for()
      throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.answering(OK)) {
      RecordedAnswer answer = TransportRig.ask(transport, TransportRig.to(upstream), "/path");

      assertThat(answer.text()).isEqualTo("ok");
      RequestHead request = upstream.nextRequest();
      assertThat(request.target()).isEqualTo("/path");
      assertThat(request.all("Host")).containsExactly("upstream.test");
    }
  }

  @Test
  void a_supplied_client_with_a_proxy_asks_it_for_the_upstream_too() throws Exception {
    try (ScriptedUpstream proxy = ScriptedUpstream.answering(OK);
        CloseableHttpAsyncClient supplied =
            HttpAsyncClientBuilder.create()
                .setProxy(new HttpHost("127.0.0.1", TransportRig.to(proxy).address().port()))
                .build()) {
      supplied.start();
      transport.close();
      transport = new Transport(TransportRules.DEFAULTS, Optional.of(supplied));

      assertThat(TransportRig.ask(transport, plain("plain.test", 80), "/").text()).isEqualTo("ok");
      assertThat(proxy.nextRequest().target()).isEqualTo("http://plain.test/");
    }
  }

  private static Destination plain(String host, int at) {
    return new Destination(new Upstream.Address("http", host, at, ""), Optional.empty(), "");
  }

  @Test
  void a_proxy_is_asked_for_a_tunnel_to_a_secure_host() throws Exception {
    try (ScriptedUpstream proxy =
        ScriptedUpstream.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) {
      useProxy(Integer.parseInt(proxy.authority().substring("127.0.0.1:".length())));

      RecordedAnswer answer = get(Optional.of("upstream.test"));
      RequestHead request = proxy.nextRequest();

      assertThat(request.method()).isEqualTo("CONNECT");
      assertThat(request.target()).isEqualTo("127.0.0.1:" + upstream.port());
      assertThat(request.fields().toString()).contains("Basic dXM6cHc=");
      Fault fault = answer.end().orElseThrow();
      assertThat(fault.kind()).isEqualTo(Fault.Kind.CONNECT);
      assertThat(fault.detail())
          .endsWith(proxy.authority() + ": the proxy answered 403 (expected: 2xx)");
    }
  }

  @Test
  void a_tunnel_leads_to_the_upstream_whatever_it_answers() throws Exception {
    try (ConnectProxy proxy =
        new ConnectProxy()
            .asksFor("Basic dXM6cHc=")
            .leads("127.0.0.1:" + upstream.port(), upstream.port())) {
      useProxy(Integer.parseInt(proxy.address().substring("127.0.0.1:".length())));

      assertThat(get(Optional.of("upstream.test")).text()).startsWith("HTTP/2.0 upstream.test");
      assertThat(proxy.targets()).containsExactly("127.0.0.1:" + upstream.port());
    }
  }

  private void useProxy(int port) {
    TransportRig.useProxy(
        transport, new ForwardProxy("127.0.0.1", port, Optional.of(new Login("us", "pw"))));
  }
}
