package dev.culvert.testkit.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.auth.LoginConfig;

/**
 * Has the server's MicroProfile JWT authenticate the callers; it looks here, and serves nothing.
 */
@LoginConfig(authMethod = "MP-JWT")
@ApplicationPath("/resources")
@ApplicationScoped
public class TokenLogin extends Application {}
