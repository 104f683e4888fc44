package dev.culvert.route;

import dev.culvert.boundary.HostBoundary;
import dev.culvert.config.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says for each request whether its connection is taken over or stays with the server, and logs
 * each reason once. Safe for use by any thread.
 */
final class TakeOverChoice {

  private static final Logger LOG = System.getLogger("dev.culvert");
  private static final String TAKEN_OVER = "";

  private final HostBoundary host;

  /** Reasons logged so far; there is a handful. */
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  TakeOverChoice(HostBoundary host) {
    this.host = host;
  }

  boolean isPossible(Settings settings, HttpServletRequest request) {
    // Asked in any case: the host learns of the server's threads, which it has to look after.
    String ofHost = host.refusal(request);
    String refusal = settings.takeOver() ? ofHost : "culvert.take-over is never";
    if (logged.add(refusal == null ? TAKEN_OVER : refusal)) {
      log(refusal);
    }
    return refusal == null;
  }

  private static void log(String refusal) {
    if (refusal == null) {
      LOG.log(Level.INFO, "CULVERT-G014 connections are taken over from the server");
    } else {
      LOG.log(
          Level.INFO,
          "CULVERT-G010 portable mode, streams end with the deployment: reason={0}",
          refusal);
    }
  }
}
