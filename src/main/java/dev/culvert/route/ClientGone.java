package dev.culvert.route;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Hears from the server that an asynchronous exchange is over for the client.
 *
 * @param gone run then, perhaps more than once
 */
record ClientGone(Runnable gone) implements AsyncListener {

  @Override
  public void onError(AsyncEvent event) {
    gone.run();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    gone.run();
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    // these exchanges have none
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // nobody begins it anew
  }
}
