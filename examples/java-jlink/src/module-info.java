module org.example.wc {}
