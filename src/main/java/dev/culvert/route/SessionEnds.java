package dev.culvert.route;

import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;

/** A stream must not outlive the session of the user who opened it. */
final class SessionEnds implements HttpSessionListener {

  private final Gateway gateway;

  SessionEnds(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public void sessionDestroyed(HttpSessionEvent event) {
    SessionKey.find(event.getSession()).ifPresent(gateway::sessionEnded);
  }
}
