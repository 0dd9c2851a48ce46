-- moves: public.users.id
-- answer: domain:public.users.id=bare
CREATE DOMAIN user_number AS integer CHECK (value > 0);
CREATE TABLE users (id user_number PRIMARY KEY);
