"""What only a site needs: the plugin for MkDocs, and what it does to pages and around them."""
