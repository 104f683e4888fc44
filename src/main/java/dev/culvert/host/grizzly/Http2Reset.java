package dev.culvert.host.grizzly;

import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.http2.Http2BaseFilter;
import org.glassfish.grizzly.http2.Http2Stream;
import org.glassfish.grizzly.http2.frames.ErrorCode;
import org.glassfish.grizzly.http2.frames.RstStreamFrame;

/**
 * Tells the client of a stream of HTTP/2 that no more comes of it (RFC 9113 section 6.4). Grizzly
 * forgets a stream that is terminated and leaves its client waiting. Loaded where there is such a
 * stream only.
 */
final class Http2Reset {

  private Http2Reset() {}

  /**
   * Ends the stream, which is Grizzly's part of an exchange.
   *
   * @param exchange an {@link Http2Stream}
   */
  static void send(Closeable exchange) {
    Http2Stream stream = (Http2Stream) exchange;
    Connection<?> connection = stream.getRequest().getConnection();
    stream.terminateSilently();
    RstStreamFrame frame =
        RstStreamFrame.builder()
            .errorCode(ErrorCode.INTERNAL_ERROR)
            .streamId(stream.getId())
            .build();
    write(connection, frame.toBuffer(connection.getMemoryManager()));
  }

  /** Past the filters below that of HTTP/2 only: TLS and the socket. */
  private static void write(Connection<?> connection, Buffer bytes) {
    FilterChain chain = (FilterChain) connection.getProcessor();
    int filter = chain.indexOfType(Http2BaseFilter.class);
    if (filter >= 0) {
      chain.obtainFilterChainContext(connection, filter, -1, filter).write(bytes);
    }
  }
}
