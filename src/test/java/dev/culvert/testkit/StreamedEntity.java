package dev.culvert.testkit;

import java.util.Set;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/** A body that is sent once, and of which nothing is said before but its type. */
public abstract class StreamedEntity implements AsyncEntityProducer {

  private final String contentType;

  protected StreamedEntity(String contentType) {
    this.contentType = contentType;
  }

  @Override
  public final boolean isRepeatable() {
    return false;
  }

  @Override
  public final long getContentLength() {
    return -1;
  }

  @Override
  public final String getContentType() {
    return contentType;
  }

  @Override
  public final String getContentEncoding() {
    return null;
  }

  @Override
  public final boolean isChunked() {
    return true;
  }

  @Override
  public final Set<String> getTrailerNames() {
    return Set.of();
  }

  @Override
  public final void failed(Exception cause) {}

  @Override
  public final void releaseResources() {}
}
