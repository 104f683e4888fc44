package dev.culvert.testkit;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.nio.AsyncServerExchangeHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.DataStreamChannel;
import org.apache.hc.core5.http.nio.ResponseChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Takes a request and says nothing. For one exchange of an {@link Http2Upstream}. */
public final class SilentExchange implements AsyncServerExchangeHandler {

  private final Semaphore cut;

  /**
   * @param cut gets a permit when the other side gives the exchange up
   */
  public SilentExchange(Semaphore cut) {
    this.cut = cut;
  }

  @Override
  public void handleRequest(
      HttpRequest request, EntityDetails entity, ResponseChannel channel, HttpContext context) {}

  @Override
  public void updateCapacity(CapacityChannel channel) {}

  @Override
  public void consume(ByteBuffer bytes) {}

  @Override
  public void streamEnd(List<? extends Header> trailers) {}

  @Override
  public int available() {
    return 0;
  }

  @Override
  public void produce(DataStreamChannel channel) {}

  @Override
  public void failed(Exception cause) {
    cut.release();
  }

  @Override
  public void releaseResources() {}
}
