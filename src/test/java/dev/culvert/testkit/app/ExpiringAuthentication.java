package dev.culvert.testkit.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import java.util.Set;

/**
 * Believes {@code Authorization: Expires <epoch seconds>}: the caller is carol, in the group {@code
 * chat}, and her principal tells when the credential ends, as one of MicroProfile JWT does.
 */
@ApplicationScoped
public class ExpiringAuthentication implements HttpAuthenticationMechanism {

  private static final String SCHEME = "Expires ";

  @Override
  public AuthenticationStatus validateRequest(
      HttpServletRequest request, HttpServletResponse response, HttpMessageContext context) {
    String credential = request.getHeader("Authorization");
    if (credential == null || !credential.startsWith(SCHEME)) {
      return context.isProtected() ? context.responseUnauthorized() : context.doNothing();
    }
    long expires = Long.parseLong(credential.substring(SCHEME.length()));
    return context.notifyContainerAboutLogin(new Expiring("carol", expires), Set.of("chat"));
  }

  /** A caller whose credential ends. */
  public static final class Expiring implements Principal {
    private final String name;
    private final long expires;

    Expiring(String name, long expires) {
      this.name = name;
      this.expires = expires;
    }

    @Override
    public String getName() {
      return name;
    }

    /** Epoch seconds. */
    public long getExpirationTime() {
      return expires;
    }
  }
}
