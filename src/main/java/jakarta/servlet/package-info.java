/** The one class that must stand beside one of the server's own. */
package jakarta.servlet;
