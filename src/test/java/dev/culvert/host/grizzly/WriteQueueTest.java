package dev.culvert.host.grizzly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.glassfish.grizzly.asyncqueue.AsyncQueueWriter;
import org.glassfish.grizzly.nio.transport.TCPNIOConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteQueueTest {

  private TCPNIOTransport transport;

  @BeforeEach
  void start() {
    transport = TCPNIOTransportBuilder.newInstance().build();
  }

  @AfterEach
  void stop() throws IOException {
    transport.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({
    AsyncQueueWriter.UNLIMITED_SIZE + ", " + WriteQueue.MOST,
    "10000000, " + WriteQueue.MOST,
    WriteQueue.MOST + ", " + WriteQueue.MOST,
    "1000, 1000"
  })
  void a_connection_queues_no_more_than_it_may(int before, int after) {
    TCPNIOConnection connection = new Unconnected(transport);
    connection.setMaxAsyncWriteQueueSize(before);

    WriteQueue.limit(connection);

    assertThat(connection.getMaxAsyncWriteQueueSize()).isEqualTo(after);
  }

  @Test
  void what_the_socket_has_not_taken_is_in_the_queue() {
    TCPNIOConnection connection = new Unconnected(transport);
    assertThat(WriteQueue.isEmpty(connection)).isTrue();

    connection.getAsyncWriteQueue().reserveSpace(1);
    assertThat(WriteQueue.isEmpty(connection)).isFalse();

    connection.getAsyncWriteQueue().releaseSpace(1);
    assertThat(WriteQueue.isEmpty(connection)).isTrue();
  }

  private static final class Unconnected extends TCPNIOConnection {
    Unconnected(TCPNIOTransport transport) {
      super(transport, null);
    }
  }
}
