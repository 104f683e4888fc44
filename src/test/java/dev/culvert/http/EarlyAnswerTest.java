package dev.culvert.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.config.Upstream;
import dev.culvert.config.UpstreamTls;
import dev.culvert.handshake.Headers;
import dev.culvert.handshake.ProxiedRequest;
import dev.culvert.testkit.CertificateAuthority;
import dev.culvert.testkit.Http2Upstream;
import dev.culvert.testkit.Identity;
import dev.culvert.testkit.ScriptedUpstream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.impl.BasicEntityDetails;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.ResponseChannel;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that answer before they have all of a body: they must not take the part for it. */
@Timeout(60)
class EarlyAnswerTest {

  private static final int SECONDS = 10;

  /** More than goes out before the upstream has said that there is room for it. */
  private static final int LONG = 256 * 1024;

  @AutoClose private final Transport transport = TransportRig.transport();

  /** The client goes on with it. */
  private final RequestContent content = new RequestContent(-1, () -> {});

  private RecordedAnswer post(Destination to, int length) {
    content.add("x".repeat(length).getBytes(UTF_8));
    return RecordedAnswer.of(
        answer ->
            new UpstreamCall(
                transport,
                to,
                new ProxiedRequest.Ready("POST", "127.0.0.1", "/", Headers.NONE),
                Optional.of(content),
                TransportRig.LIMITS,
                answer));
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 413})
  void a_chunked_body_has_no_last_chunk(int status) throws Exception {
    CompletableFuture<Void> headSeen = new CompletableFuture<>();
    CompletableFuture<String> rest = new CompletableFuture<>();
    try (ScriptedUpstream upstream =
        ScriptedUpstream.onRequest(
            (request, connection) -> {
              connection.readText("4\r\nxxxx\r\n".length());
              connection.send("HTTP/1.1 " + status + " So\r\nContent-Length: 2\r\n\r\nn");
              headSeen.join();
              connection.send("o");
              rest.complete(new String(connection.readToEnd(), UTF_8));
            })) {
      RecordedAnswer answer = post(TransportRig.to(upstream), 4);
      assertThat(answer.head().status()).isEqualTo(status);
      headSeen.complete(null);

      assertThat(answer.text()).isEqualTo("no");
      assertThat(rest.get(SECONDS, TimeUnit.SECONDS)).isEmpty();
    }
  }

  /** Answers 413 to the first bytes of a body, and says the rest when it is told to. */
  private static final class Hasty implements AsyncServerExchangeHandler {

    /** How the request ended. */
    private final CompletableFuture<String> end = new CompletableFuture<>();

    /** Of the request: there is room for the first window of it. */
    private final CompletableFuture<CapacityChannel> room = new CompletableFuture<>();

    private final CompletableFuture<DataStreamChannel> output = new CompletableFuture<>();
    private final Queue<String> words = new ConcurrentLinkedQueue<>();
    private volatile ResponseChannel response;
    private volatile boolean begun;

    /** Says more of the answer; nothing is its end. */
    void say(String next) throws Exception {
      words.add(next);
      output.get(SECONDS, TimeUnit.SECONDS).requestOutput();
    }

    @Override
    public void handleRequest(
        HttpRequest request, EntityDetails entity, ResponseChannel channel, HttpContext context) {
      response = channel;
    }

    @Override
    public void updateCapacity(CapacityChannel channel) {
      room.complete(channel);
    }

    @Override
    public void consume(ByteBuffer bytes) throws IOException {
      if (begun) {
        return;
      }
      begun = true;
      try {
        response.sendResponse(
            new BasicHttpResponse(413), new BasicEntityDetails(-1, null), /* context= */ null);
      } catch (HttpException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void streamEnd(List<? extends Header> trailers) {
      end.complete("whole");
    }

    @Override
    public int available() {
      return words.size();
    }

    @Override
    public void produce(DataStreamChannel channel) throws IOException {
      output.complete(channel);
      String next = words.poll();
      if (next != null && next.isEmpty()) {
        channel.endStream();
      } else if (next != null) {
        channel.write(ByteBuffer.wrap(next.getBytes(UTF_8)));
      }
    }

    @Override
    public void failed(Exception cause) {
      end.complete("broken off");
    }

    @Override
    public void releaseResources() {
      end.complete("gone");
    }
  }

  @Test
  void a_stream_of_HTTP_2_does_not_end() throws Exception {
    CertificateAuthority authority = new CertificateAuthority("tests");
    Hasty hasty = new Hasty();
    try (Http2Upstream upstream =
        Http2Upstream.start(
            authority.issue("127.0.0.1").context(authority.certificate()), request -> hasty)) {
      RecordedAnswer answer =
          post(
              new Destination(
                  new Upstream.Address("https", "127.0.0.1", upstream.port(), ""),
                  Optional.of(
                      new UpstreamTls(
                          Identity.anonymous(authority.certificate()), Optional.empty(), "print")),
                  ""),
              LONG);
      assertThat(answer.head().status()).isEqualTo(413);
      hasty.room.get(SECONDS, TimeUnit.SECONDS).update(LONG);
      hasty.say("n");
      await().until(() -> answer.received() == 1);
      hasty.say("o");
      await().until(() -> answer.received() == 2);
      assertThat(hasty.end).isNotDone();
      hasty.say("");

      assertThat(answer.end()).isEmpty();
      assertThat(hasty.end.get(SECONDS, TimeUnit.SECONDS)).isNotEqualTo("whole");
    }
  }
}
