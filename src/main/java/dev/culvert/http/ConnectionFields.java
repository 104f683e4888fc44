package dev.culvert.http;

import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.protocol.HttpContext;

/** The fields of a request that depend on the protocol of the connection that it goes over. */
final class ConnectionFields {

  private ConnectionFields() {}

  /**
   * Makes them fit.
   *
   * <p>{@code TE} is about one connection, and HTTP/1.1 has to be told so (RFC 9110 section
   * 10.1.4). Servers of HTTP/2 may say nothing to {@code Expect}, and the library would wait for
   * them without end (HttpCore 5.4, {@code ClientH2StreamHandler}); flow control holds a body back
   * there that nobody wants.
   *
   * @param context which knows the connection
   */
  static void fit(HttpRequest request, HttpContext context) {
    if (context.getProtocolVersion().greaterEquals(HttpVersion.HTTP_2)) {
      request.removeHeaders(HttpHeaders.EXPECT);
    } else if (request.containsHeader(HttpHeaders.TE)) {
      request.addHeader(HttpHeaders.CONNECTION, HttpHeaders.TE);
    }
  }
}
